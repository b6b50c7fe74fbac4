"""What may stand in a log. Source: security.md 5.2, S18, S21."""

import io
import logging

import pytest

from trunkline.logs import SafeFormatter, set_up


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    return SafeFormatter().format(logging.LogRecord("name", logging.WARNING, "file", 1, message, arguments, info))


@pytest.mark.parametrize(
    "secret",
    [
        "tl_0123456789abcdef_abcdefghijklmnopqrstuvwxyz-_0123456789ABCDE",
        "tlt_abcdefghijklmnopqrstuvwxyz",
        "pc_vIKpGqbko4q0xDTlMod94Q",
        "Bearer anything.at-all",
        "f" * 64,
        "+49 170 1234567",
        "491701234567",
    ],
)
def test_secrets_and_phone_numbers_are_struck_out(secret: str) -> None:
    assert line("before %s after", secret) == "WARNING name: before *** after"


def test_what_is_no_secret_stays() -> None:
    text = "account AaIEldnL2Rq6QfxR4noX1g failed at port 3114, 2 of 250"
    assert line(text) == f"WARNING name: {text}"


def test_a_record_is_one_line_without_control_characters() -> None:
    assert line("a\r\nERROR b: c\x1b[31m\u2028d") == "WARNING name: a\\x0d\\x0aERROR b: c\\x1b[31m\\x2028d"


def test_an_exception_is_its_kind_and_place_never_its_text() -> None:
    try:
        try:
            raise ValueError("what Marie wrote")
        except ValueError as error:
            raise RuntimeError("and what Tom wrote") from error
    except RuntimeError as error:
        logged = line("failed", error=error)
    assert "wrote" not in logged
    assert "RuntimeError at " in logged
    assert "caused by ValueError at " in logged
    assert "test_logs.py" in logged


def test_the_level_says_what_is_logged() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        set_up("warning", stream)
        logging.getLogger("x").info("quiet")
        logging.getLogger("x").warning("loud")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert stream.getvalue() == "WARNING x: loud\n"
