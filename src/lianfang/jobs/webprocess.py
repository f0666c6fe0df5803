"""What each process of the web server loads: the application, tied to the life of the server that started it."""

import os

from lianfang.jobs.processes import die_with_parent

# Before the application is loaded: a process of a killed server would keep the port for ever.
die_with_parent(os.getppid())

from lianfang.wsgi import application  # noqa: E402

__all__ = ["application"]
