"""隔离与监测文书: orders and notices of release as papers one signs and hands over, in bulk, each with a code to check.

It has no tables: everything printed stands in the ledger of measures. Papers are always Chinese, because the people who
get them are.
"""
