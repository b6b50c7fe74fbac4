"""Texts that mean a file of this machine, or an address, to somebody."""

from collections.abc import Iterator
from pathlib import Path

CANARY = "what the bait holds"

STEMS = ("/etc/passwd", "secret.key", "trunkline.db", "..", ".", "~/.ssh/id_rsa", "C:\\boot.ini", "\\\\host\\share")

FRAMES = r"""
{} file://{} file:{} /proc/self/root{} ../../../../../..{} ..\..\{} @{} <{} `{}` $(cat${IFS}{}) |cat${IFS}{} &{}
upload:{} upload:../{} upload:%2e%2e%2f{} data:{} data:;name={};base64,{} data:text/plain,{} data:;file={},x
http://127.0.0.1{} https://example.org/{} ftp://{} smb://{} php://filter/{} jar:{}!/ gopher://{} dict://{} netdoc:{}
{}%00.png %2e%2e%2f{} ..%c0%af{} ....//....//{} {}/. {}/ {}#x {}?x {}::$DATA {{}} ~{} ${HOME}{} ${PWD}/{}
%USERPROFILE%{} /dev/fd/3{} /dev/stdin{} CON{} nul:{} {}.b64 file://localhost{} FILE:///{} local_file://{}
\\?\{} //{} ///{} content://{} cid:{} view-source:{} sftp://localhost{}
"""


def crafted(folder: Path) -> Iterator[str]:
    """500 such texts; some name a file in `folder` that is really there and holds CANARY."""
    bait = folder / "bait"
    bait.write_text(CANARY)
    for stem in (str(bait), *STEMS):
        for frame in FRAMES.split():
            yield frame.replace("{}", stem)
        yield f" {stem}"
        yield f"{stem}\x00.png"
        yield f"\u202e{stem}"
