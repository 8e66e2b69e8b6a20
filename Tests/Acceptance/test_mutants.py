"""The list of faults that the tests have to notice keeps up with the code; running it is script/mutants' own affair."""

from sekisho_under_test import ROOT, run


def test_every_listed_fault_still_fits_the_code():
    assert "faults fit the code" in run([ROOT / "script" / "mutants", "--check"])
