"""Markup escapes what is text, wherever it stands."""

from platewarden.unit.screen.markup import Html, join, tag

BAD = "<script>\"&'"


def test_text_is_escaped_inside_and_in_attributes():
    made = tag("p", BAD, title=BAD)
    assert "<script>" not in made
    assert made == '<p title="&lt;script&gt;&quot;&amp;&#x27;">&lt;script&gt;&quot;&amp;&#x27;</p>'


def test_markup_stays_markup_and_nothing_is_nothing():
    assert tag("p", tag("b", "x"), None, [tag("i", "y"), "<"]) == "<p><b>x</b><i>y</i>&lt;</p>"
    assert join(["<", None, Html("<br>")]) == "&lt;<br>"


def test_attributes_are_spelled_as_html_spells_them():
    assert tag("input", class_="a", data_key=1, hidden=True, checked=False, name=None) == '<input class="a" data-key="1" hidden>'
