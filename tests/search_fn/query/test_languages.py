"""What the field says in other languages."""

import pytest

from search_fn.query.languages import in_english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Podが再起動を繰り返す", "Podが keeps restarting"),
        ("Podの再起動", "Podの restart"),
        ("Zertifikat läuft ab", "certificate expires"),
        ("mensagens mortas no SQS", "dead letter no SQS"),
        # Umlauts in two characters.
        ("Pod startet sta\u0308ndig neu", "Pod keeps restarting"),
        ("数据库连接超时", "database connection timeout"),
        ("a restart of the pod", "a restart of the pod"),
        ("discover discs", "discover discs"),
        # Words of grammar go with those of their language, and stay in English.
        ("la base de données est lente", "database slow"),
        ("why do pods die", "why do pods die"),
        ("ロードバランサーのバックエンドが異常", "load balancer の backend が unhealthy"),
    ],
)
def test_what_is_known_stands_there_in_english(text: str, english: str) -> None:
    assert " ".join(in_english(text).split()) == english
