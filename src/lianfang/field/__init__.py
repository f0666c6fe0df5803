"""The grid worker's phone: tasks by household, household register, tips. Online only; nothing pretends otherwise."""
