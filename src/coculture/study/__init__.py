"""Tables and config in, one validated study out.

`load` is the only door: what it returns can be run, and what cannot be run it refuses with every
reason at once. It reads the tables and looks into each raw file, but analyses nothing.

>>> load("config/config.yaml").name
'example'
"""

from coculture.exchange.problems import Problem, StudyError
from coculture.study.loading import load, pin
from coculture.study.study import Study

__all__ = ["Problem", "Study", "StudyError", "load", "pin"]
