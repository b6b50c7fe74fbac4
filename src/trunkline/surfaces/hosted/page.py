"""The page in HTML. Every text of others is escaped; what a browser may open begins with https:// or http://."""

from html import escape
from urllib.parse import urlsplit

from trunkline.model.hosted_link import HostedPage, HostedWay
from trunkline.model.login import LoginStep, StepField
from trunkline.model.networks import TITLES, AccountType
from trunkline.surfaces.hosted.qr import qr_svg

CODES = frozenset({"code_app", "code_sent"})
_ALERT = '<p id="alert" class="alert" role="alert"{hidden}>{text}</p>'


def page_html(page: HostedPage, version: str) -> str:
    """What a link shows now."""
    match page.state:
        case "done":
            body = _done(page)
        case "step":
            body = _step(page)
        case _:
            body = _choose(page)
    waits = page.step is not None and page.step.waits
    return _whole(_title(page), body, f' data-version="{version}" data-waits="{"yes" if waits else "no"}"')


def refusal_html(title: str, text: str) -> str:
    """A page for a link that cannot be used."""
    return _whole(title, f"<h1>{escape(title)}</h1>{_ALERT.format(hidden='', text=escape(text))}", ' data-waits="no"')


def _title(page: HostedPage) -> str:
    if page.state == "done":
        return "Your account is connected"
    if page.provider is not None:
        return f"Connect {TITLES[page.provider]}"
    return "Connect your account again" if page.reconnects else "Connect your account"


def _whole(title: str, body: str, marks: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="static/icon.svg">'
        '<link rel="stylesheet" href="static/hosted.css"><script src="static/hosted.js" defer></script></head>'
        f"<body{marks}><main>{body}"
        "<noscript><p>This page needs JavaScript, which is switched off.</p></noscript></main></body></html>"
    )


def _choose(page: HostedPage) -> str:
    parts = [f"<h1>{_title(page)}</h1>", _alert(page.error)]
    if not page.ways:
        parts.append("<p>Nothing can be connected by this link any more. Ask whoever gave it to you for a new one.</p>")
    else:
        parts.append("<p>Choose how you want to log in.</p>")
        providers = dict.fromkeys(way.provider for way in page.ways)
        parts += [_network(provider, [way for way in page.ways if way.provider == provider]) for provider in providers]
    if page.failure_url is not None:
        parts.append(_link(page.failure_url, "Go back without connecting"))
    return "".join(parts)


def _network(provider: AccountType, ways: list[HostedWay]) -> str:
    title = TITLES[provider]
    terms = dict.fromkeys(way.terms for way in ways if way.terms)
    said = "".join(f'<p class="terms">{escape(each)}</p>' for each in terms)
    return f"<section><h2>{title}</h2>{''.join(_way(way) for way in ways)}{said}</section>"


def _way(way: HostedWay) -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("provider", way.provider), ("road", way.road), ("way", way.way))
    )
    simulated = " (simulated)" if way.is_simulated else ""
    label = f"{TITLES[way.provider]}: {way.title}{simulated}"
    return (
        f'<form data-do="begin">{fields}<button type="submit" aria-label="{escape(label)}">'
        f"{escape(way.title)}{simulated}</button></form>"
    )


def _step(page: HostedPage) -> str:
    step = page.step
    assert step is not None
    parts = [f"<h1>{_title(page)}</h1>", _alert(page.error), f'<p id="instructions">{escape(page.instructions or "")}</p>']
    parts += [_shown(step), _form(step)]
    if step.waits:
        parts.append('<p class="waiting" role="status">Waiting for you. This page goes on by itself.</p>')
    if step.can_resend:
        parts.append('<form data-do="resend"><button type="submit" class="quiet">Send the code again</button></form>')
    parts.append('<form data-do="leave"><button type="submit" class="quiet">Choose another way</button></form>')
    return "".join(parts)


def _shown(step: LoginStep) -> str:
    """What to scan, type elsewhere or open."""
    if step.data is None:
        return ""
    if step.kind == "qr":
        return f'<div class="code">{qr_svg(step.data)}</div>'
    if step.kind == "pairing_code":
        return f'<p class="code"><output>{escape(step.data)}</output></p>'
    if step.kind == "redirect":
        return _link(step.data, "Open the network's page", new=True)
    return ""


def _form(step: LoginStep) -> str:
    """Nothing to send where a person does it elsewhere."""
    if step.waits and not step.fields:
        return ""
    if step.options:
        fields = _options(step)
    else:
        fields = "".join(_field(each, step.kind, is_first=at == 0) for at, each in enumerate(step.fields))
    return f'<form data-do="answer">{fields}<button type="submit">Continue</button></form>'


def _options(step: LoginStep) -> str:
    name = escape(step.fields[0].name if step.fields else "choice")
    choices = "".join(
        f'<label class="choice"><input type="radio" name="{name}" value="{escape(each.id)}" required>'
        f" {escape(each.name)}</label>"
        for each in step.options
    )
    return f'<fieldset><legend class="hidden">Choose one</legend>{choices}</fieldset>'


def _field(field: StepField, kind: str, *, is_first: bool) -> str:
    is_code = kind in CODES
    kept = "one-time-code" if is_code else "off"
    marks = "".join((
        ' inputmode="numeric"' if is_code else "",
        " required" if field.required else "",
        " autofocus" if is_first else "",
        f' value="{escape(field.default)}"' if field.default and not field.secret else "",
    ))  # fmt: skip
    return (
        f'<label>{escape(field.title)}<input type="{"password" if field.secret else "text"}" name="{escape(field.name)}"'
        f' autocomplete="{kept}" autocapitalize="none" spellcheck="false" maxlength="16384"{marks}></label>'
    )


def _done(page: HostedPage) -> str:
    text = f"<h1>{_title(page)}</h1><p>You can close this page now.</p>"
    return text if page.success_url is None else text + _link(page.success_url, "Continue")


def _link(url: str, text: str, *, new: bool = False) -> str:
    if urlsplit(url).scheme not in ("http", "https"):
        return ""
    target = ' target="_blank"' if new else ""
    shown = f' <span class="host">{escape(urlsplit(url).hostname or "")}</span>'
    return f'<p><a class="go" href="{escape(url)}" rel="noopener noreferrer"{target}>{escape(text)}</a>{shown}</p>'


def _alert(text: str | None) -> str:
    return _ALERT.format(hidden="" if text else " hidden", text=escape(text or ""))
