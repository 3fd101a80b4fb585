"""Every page has a picture in the documentation, for a desktop and for a phone; the browser's tests make them."""

import re

from tests.support.project import ROOT

PICTURES = ROOT / "docs" / "img"
TEMPLATES = (ROOT / "src" / "ledgerloop" / "admin" / "templates", ROOT / "src" / "ledgerloop" / "web" / "templates")

NO_PAGES = {
    *("alone", "frame", "parts", "subject"),  # what pages are made of
    *("confirm", "link", "nothing", "refused", "refused_act", "sorry"),  # one sentence each
}


def names(screen: str) -> set[str]:
    return {one.name.removesuffix(f"-{screen}.png") for one in PICTURES.glob(f"*-{screen}.png")}


def test_every_page_has_its_pictures() -> None:
    pages = {one.stem.replace("_", "-") for folder in TEMPLATES for one in folder.glob("*.html")}
    pages -= {one.replace("_", "-") for one in NO_PAGES}
    assert len(pages) > 12
    assert (pages - names("desktop"), pages - names("phone")) == (set(), set())


def test_every_picture_is_shown_and_two_of_them_at_the_front() -> None:
    shown = {path: path.read_text(encoding="utf-8") for path in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]}
    linked = set(re.findall(r"img/([\w-]+)-desktop\.png", "\n".join(shown.values())))
    assert names("desktop") - linked == set()
    assert names("desktop") == names("phone")
    assert len(re.findall(r"\]\(docs/img/[\w-]+-desktop\.png\)", shown[ROOT / "README.md"])) >= 2
