"""Tables and config in, one validated study out.

`load` returns a study that can be run, or raises an error that lists every problem. It reads the
tables and the header of each raw file, and analyses nothing.

>>> load("config/config.yaml").name
'example'
"""

from coculture.exchange.problems import Problem, StudyError
from coculture.study.loading import load, pin
from coculture.study.overview import summary
from coculture.study.study import Study

__all__ = ["Problem", "Study", "StudyError", "load", "pin", "summary"]
