"""Every equation that is printed holds: its right-hand side, read as text, is what its statement computes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite.backends.loops import interpreter
from autograd_lite.telling.equations.told import sheet_of
from tests.equation_reader import Reader
from tests.nets import OTHERS, SHARING, net, numbers


def family_names(sheet):
    """The inputs by the names that equations have for them."""
    found, inputs = {}, sheet.regions.inputs
    for number, family in enumerate(inputs.families):
        places = [(position, place) for position, (owner, place) in enumerate(inputs.places) if owner == number]
        for sheet.regions.has_layers in (False, True):
            found[sheet.regions.input_name(family).text] = (family.shape, places)
    return found


def named(sheet, arrays):
    """An array of numbers for each name."""
    found = {}
    for name, (shape, places) in family_names(sheet).items():
        found[name] = np.zeros(shape)
        for position, place in places:
            found[name][place if shape else ()] = arrays[0][position]
    for array, name in sheet.names.items():
        makers = sheet.made.makers[array]
        assert name.text not in found, name.text
        found[name.text] = np.reshape(arrays[array], makers[0].dims if len(makers) == 1 else -1)
    return found


def in_order(sheet, statement, arrays):
    """What a statement computes, in the order of the inputs if it is the gradient by them."""
    made = np.array(arrays[statement.storage][statement.base : statement.base + statement.size])
    if statement.output is None or statement.output.start < sheet.gradients.first:
        return made
    return made[np.argsort([statement.output.at(index) for index in statement.indices()], kind="stable")]


def hold(tape):
    """Each line that has a right-hand side; how many there were."""
    sheet = sheet_of(tape)
    arrays = interpreter.run(sheet.loops, tape.example)
    values, count = named(sheet, arrays), 0
    for line in sheet.lines:
        if line.right is None or not line.statements and line.left.text != "∇C":
            continue
        read = Reader(line.right.text, values).value()
        if line.left.text == "∇C":
            values["∇C"] = read
            continue
        expected = in_order(sheet, line.statements[-1], arrays)
        np.testing.assert_allclose(
            np.ravel(read * np.ones(np.shape(read))),
            expected,
            1e-4,
            1e-9,
            err_msg=f"{line.left.text} = {line.right.text}",
        )
        count += 1
    return count


@pytest.mark.parametrize("name", OTHERS | SHARING)
def test_of_known_nets(name):
    assert hold((OTHERS | SHARING)[name]()) > 0
