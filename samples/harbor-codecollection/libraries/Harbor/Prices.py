"""What things cost a month, from what they cost an hour."""


class Prices:
    """Turns prices of an hour, as price lists have them, into costs of a month.

    | Library | Harbor.Prices | hours_per_month=730 |
    """

    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    def __init__(self, hours_per_month: int = 730) -> None:
        self._hours = int(hours_per_month)

    def monthly_cost(self, count: int, price_per_hour: float, *, digits: int = 2) -> float:
        """Returns what ``count`` things cost a month, rounded to ``digits``.

        | ${cost}= | Monthly Cost | 3 | 0.01 | # 21.9 |
        """
        return round(int(count) * float(price_per_hour) * self._hours, int(digits))
