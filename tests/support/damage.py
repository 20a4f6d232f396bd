"""What a disk does to files."""


def flipped(content: bytes, at: int) -> bytes:
    """Return the content with one bit of one byte turned over."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
