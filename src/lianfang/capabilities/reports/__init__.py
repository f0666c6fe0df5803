"""Reports: the day's log, table and bulletin, frozen at their cut-off; the communities' own daily reports."""
