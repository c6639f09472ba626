"""Tables and config in, one validated study out.

`load` returns a study that can be run, or raises an error that lists every problem. It reads the
tables, the header of each raw file and the events of the controls.

>>> load("config/config.yaml").name
'example'
"""

from coculture.exchange.problems import Problem, StudyError
from coculture.study.loading import load, pin, pin_findings, require_sound_controls
from coculture.study.overview import summary
from coculture.study.study import Study

__all__ = [
    "Problem",
    "Study",
    "StudyError",
    "load",
    "pin",
    "pin_findings",
    "require_sound_controls",
    "summary",
]
