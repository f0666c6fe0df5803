"""`lianfang` and `python -m lianfang`."""

from lianfang.jobs.cli import main

if __name__ == "__main__":
    main()
