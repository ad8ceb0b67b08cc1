"""What a run's results are worth, by thresholds.json."""

from dataclasses import dataclass

SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<"}


@dataclass
class Verdict:
    name: str
    value: float
    unit: str
    # Such as `≥ 40 %`; nothing where the figure is told and not judged.
    threshold: str
    # None where it is not judged.
    held: bool | None

    @property
    def shown(self):
        """The value, with as many places as it has a meaning."""
        return f"{self.value:.{1 if self.value >= 10 or self.held is None else 2}f}"


def judge(results, words, thresholds):
    """The verdicts in the order of the thresholds, and the names of what was not measured.

    `results` by the keys of `thresholds`, shares as fractions; `words` fill the names.
    """
    verdicts, unmeasured = [], []
    for key, threshold in thresholds.items():
        name, unit = threshold["name"].format(**words), threshold["unit"]
        if key not in results:
            unmeasured.append(name)
            continue
        value = results[key] * (100 if unit == "%" else 1)
        word = next((word for word in SIGNS if word in threshold), None)
        if word is None:
            verdicts.append(Verdict(name, value, unit, "", None))
            continue
        bound = threshold[word]
        held = {"at_least": value >= bound, "at_most": value <= bound, "below": value < bound}[word]
        verdicts.append(Verdict(name, value, unit, f"{SIGNS[word]} {bound:,} {unit}", held))
    return verdicts, unmeasured
