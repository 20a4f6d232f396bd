"""How the steps of a robot file give variables their values."""

from collections.abc import Sequence

from build.effects.python_values import Known, Many, is_texts
from build.effects.robot_calls import Calls
from build.effects.robot_conditions import holds
from build.effects.text import NOTHING_KNOWN, Text, concatenate, fixed, names_of

SETTERS = {
    "setvariable": "local", "setlocalvariable": "name", "settestvariable": "suite", "settaskvariable": "suite",
    "setsuitevariable": "suite", "setglobalvariable": "suite",
}  # fmt: skip


class Assignments(Calls):
    """Sets the variables of a robot file."""

    def give(self, assigned: Sequence[str], value: Known) -> None:
        """Assign the value of a keyword to variables."""
        for place, name in enumerate(assigned):
            one = value
            if len(assigned) > 1:
                items = value.items if isinstance(value, Many) else []
                one = items[place] if place < len(items) else NOTHING_KNOWN
            self.variables.set(name, one)

    def variables_of(self, values: Sequence[Known]) -> Known:
        """Return what one of several values may be."""
        return self.python.items_of(Many(list(values))) if values else NOTHING_KNOWN

    def set_variable(self, short: str, args: list[str]) -> Known:
        """Follow `Set Variable`, `Set Suite Variable` and their like, and return the value."""
        scope = SETTERS[short]
        if short == "setvariable":
            values = self.variables.cells(args)
            return values[0] if len(values) == 1 else Many(values) if values else fixed("")
        if not args:
            return NOTHING_KNOWN
        cells = [cell for cell in args[1:] if not cell.startswith("children=")]
        if not cells:
            value = self.variables.get(args[0].strip("${} \\"))
        elif args[0].startswith("@"):
            value = Many(self.variables.cells(cells))
        elif args[0].startswith("&"):
            value = self.dictionary(cells)
        else:
            values = self.variables.cells(cells)
            value = values[0] if len(values) == 1 else Many(values)
        self.variables.set(args[0], value, "local" if scope == "name" else scope)
        return value

    def variable_if(self, args: list[str]) -> Known:
        """Return all values that `Set Variable If` may give."""
        values, rest = [], args
        while rest:
            decided = holds(self, rest[0])
            if decided is not False and len(rest) > 1:
                values.append(self.variables.value(rest[1]))
            if decided is True:
                break
            rest = rest[2:]
            if len(rest) == 1:
                values.append(self.variables.value(rest[0]))
                break
        names = names_of(t for cell in args[:1] for t in self.variables.text(cell))
        result = self.variables_of(values)
        if is_texts(result) and names:
            return tuple(Text(one.text, one.names | names) for one in result)
        return result

    def declare(self, name: str, values: Sequence[str], scope: str, separator: str | None = None) -> None:
        """Set a variable of `VAR`, or of a line of the Variables section.

        Args:
            name: With its braces, as `${name}`.
            values: The cells behind it.
            scope: "local" or a wider one, which counts as "suite".
            separator: Stands between several cells of one text; None for a blank or `SEPARATOR=`.
        """
        scope = "local" if scope == "local" else "suite"
        if name.startswith("@"):
            self.variables.set(name, Many(self.variables.cells(values)), scope)
        elif name.startswith("&"):
            self.variables.set(name, self.dictionary(values), scope)
        else:
            between = separator
            cells = list(values)
            if between is None and cells and cells[0].startswith("SEPARATOR="):
                between = cells.pop(0).removeprefix("SEPARATOR=")
            if len(cells) == 1:
                self.variables.set(name, self.variables.value(cells[0]), scope)
                return
            parts = []
            for place, cell in enumerate(cells):
                parts += ([fixed(" " if between is None else between)] if place else []) + [self.variables.text(cell)]
            self.variables.set(name, concatenate(parts) if parts else fixed(""), scope)
