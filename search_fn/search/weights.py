"""What a word in each part of a bundle is worth."""

TEXT_WEIGHTS = {
    "title": 2.0, "tools": 1.5, "about": 1.0, "labels": 1.0, "needs": 0.5, "names": 2.0, "readme": 0.5, "code": 0.5,
    "ai": 3.0,
}  # fmt: skip
