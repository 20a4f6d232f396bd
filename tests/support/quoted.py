"""Markdown of ours with strangers' words in it: where they stand."""

from collections.abc import Iterator

from markdown_it import MarkdownIt

# An autolink of ours begins so.
_ADDRESSES = ("https://github.com/", "https://registry.example.org/", "http://127.0.0.1:", "https://docs.runwhen.com/")


def not_quoted(text: str, words: str) -> Iterator[str]:
    """Yield what of a Markdown text is markup of a stranger's: each heading, link or HTML that has `words` or is not
    ours, and each paragraph that has them outside quotations, list items, code spans and fences.
    """
    quoted = items = 0
    heading = linked = False
    for token in MarkdownIt("commonmark", {"html": True}).parse(text):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        if token.type == "html_block":
            yield f"HTML: {token.content}"
        elif token.type == "code_block" and words in token.content:
            yield f"indented: {token.content}"
        for part in token.children or ():
            if part.type in ("html_inline", "image", "em_open", "strong_open"):
                yield f"{part.type}: {token.content}"
            linked = part.type == "link_open" or (linked and part.type != "link_close")
            if part.type == "link_open":
                address = str(part.attrGet("href"))
                if not address.startswith(_ADDRESSES):
                    yield f"link: {address}"
            elif part.type == "text" and not linked and words in part.content and (heading or not (quoted or items)):
                yield f"text: {token.content}"
