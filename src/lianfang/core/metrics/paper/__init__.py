"""The day's paper: log, table and bulletin as xlsx, PDF, docx and chat text, from plain values.

Always Chinese, because the offices that receive it are; imports no Django and knows no clock.
"""
