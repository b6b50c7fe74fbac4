"""What a network is can be read where its library is not installed. Source: docs/add-a-network.md."""

import json
import subprocess
import sys
from pathlib import Path

from .test_imports import optional_libraries

CODE = """
import importlib, json, os, pathlib, pkgutil, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in json.loads(sys.argv[1]):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from trunkline import networks
from trunkline.model.times import system_clock
from trunkline.networks.scan import Setup, find_networks

read = []
for found in pkgutil.walk_packages(networks.__path__, "trunkline.networks."):
    if found.name.rsplit(".", 1)[-1] in ("capabilities", "options"):
        importlib.import_module(found.name)
        read.append(found.name)
found = find_networks(Setup(pathlib.Path("/nowhere"), system_clock, os.urandom))
print(json.dumps({"read": read, "networks": {each.name: each.unavailable for each in found}}))
"""


WORKS_WITHOUT = {"whatsapp"}
"""What the extra brings is a program (Node), which the machine may have: it is looked for at the first login."""


def test_sheets_and_settings_are_read_and_what_is_missing_is_named(root: Path) -> None:
    """Issue 4: a network whose library is missing is listed with what installs it, and breaks nothing."""
    missing = json.dumps(sorted(optional_libraries(root)))
    done = subprocess.run([sys.executable, "-c", CODE, missing], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    networks: dict[str, str | None] = found["networks"]
    assert networks["sandbox"] is None
    for name in networks.keys() - {"sandbox"}:
        if name in WORKS_WITHOUT:
            assert networks[name] is None
            continue
        assert f"trunkline[{name}]" in str(networks[name]) or f"script/network {name}" in str(networks[name]), name
        assert any(module.startswith(f"trunkline.networks.{name}.") for module in found["read"])
