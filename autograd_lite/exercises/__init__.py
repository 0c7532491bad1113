"""The course's exercises, which tell slips apart: `exercise("square-slope").check(9)` says what went wrong, and why."""

from autograd_lite.exercises.exercise import TASKS as TASKS
from autograd_lite.exercises.exercise import Exercise as Exercise
from autograd_lite.exercises.exercise import Feedback as Feedback
from autograd_lite.exercises.exercise import exercise as exercise
