"""A study begun from two folders of raw files: `coculture new`.

What the files know is filled in, each with its source; what nobody wrote down is left empty.
"""

from coculture.new_study.beginning import begin
from coculture.new_study.found import NewStudyError

__all__ = ["NewStudyError", "begin"]
