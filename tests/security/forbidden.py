"""Addresses that nothing of ours may connect to, and ways to write them down."""

ADDRESSES = (
    # this machine
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::",
    # this network
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "100.127.255.255", "fc00::1", "fd12:3456:789a::1", "fe80::1", "febf::1", "fec0::1",
    # the cloud's own words
    "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192",
    # inside another address
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::127.0.0.1",
    "::7f00:1", "::ffff:0:127.0.0.1",
    # nobody, everybody, examples
    "192.0.0.1", "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255",
    "192.88.99.1",
    "192.31.196.1", "192.52.193.1", "192.175.48.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "ff02::1",
    "ff0e::1", "100::1", "2001:db8::1", "2001:2::1", "2001:10::1", "2001:20::1", "3fff::1", "2620:4f:8000::1",
    "5f00::1", "4000::1",
)  # fmt: skip

SPELLINGS = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1",
    "0177.1", "127.0.0.01",
    "127.0.0.0x1", "127.0.0.1.", "127.0.0.1..", "127.0.0.256", "127.0.0.1.0", "00.0.0.0", "0", "0.", "0x0",
    "0xa9fea9fe", "2852039166",
    "169.254.43518", "0xa9.254.0xa9fe", "1.0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%251]",
    "[v1.fe80]", "[127.0.0.1]",
    "[::1", "::1", "localhost", "LOCALHOST", "localhost.", "LocalHost.", "ip6-localhost", "１２７.0.0.1",
    "127。0。0。1", "127．0.0.1",
    "①②⑦.0.0.1", "ⓛocalhost", "ｌocalhost", "lоcalhost", "localho\u00adst", "loc\u200balhost", "%31%32%37.0.0.1",
    "%6cocalhost",
    "127.0.0.1%2e", "127%2e0%2e0%2e1", "127.0.0.1%00.example.com", "localhost\x00.example.com", "127.0.0.1\t",
    " 127.0.0.1",
    "127.0.0.1\r\nx: y", "127.0.0.1\\.example.com", "[::]", "0.0.0.0", "", ".", "..", "-", "a..b", "xn--",
    "127.0.0.1 .example.com",
)  # fmt: skip
"""What could stand as a host, tried as `https://<this>/`."""

URLS = (
    # userinfo
    "https://hooks.example@127.0.0.1/", "https://127.0.0.1@hooks.example/", "https://a:b@hooks.example/",
    "https://@127.0.0.1/",
    "https://hooks.example:443@127.0.0.1/", "https://hooks.example%40127.0.0.1/",
    "https://hooks.example&@127.0.0.1#@x/",
    # two readers, two hosts
    "https://hooks.example\\@127.0.0.1/", "https://127.0.0.1\\@hooks.example/", "https:\\\\127.0.0.1/",
    "https:///127.0.0.1/",
    "https:/127.0.0.1/", "https:127.0.0.1", "//127.0.0.1/", "https://hooks.example#@127.0.0.1:22/",
    "https://[::1]hooks.example/",
    "https://hooks.example[::1]/", "https://hooks.example/\r\nHost: 127.0.0.1", "https://hooks.exa\tmple/",
    "https://hooks.example\n.127.0.0.1/", "\x00https://hooks.example/", " https://hooks.example/",
    # schemes
    "http://hooks.example/", "HTTP://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "ws://hooks.example/", "javascript:alert(1)", "data:text/plain,x", "unix:///run/docker.sock",
    "https+unix://x/", "jar:https://x!/",
    "h\u0442tps://hooks.example/", "https", "", "hooks.example",
    # ports
    "https://hooks.example:22/", "https://hooks.example:25/", "https://hooks.example:80/",
    "https://hooks.example:6379/",
    "https://hooks.example:0/", "https://hooks.example:65536/", "https://hooks.example:-1/",
    "https://hooks.example:4 43/",
    "https://hooks.example:+443/", "https://hooks.example:０443/", "https://hooks.example:443:22/",
    "https://hooks.example:/",
    "https://hooks.example:443a/", "https://hooks.example:99999999999999999999/",
)  # fmt: skip
"""Addresses that are not for us to ask, with `hooks.example` a name on the public internet."""
