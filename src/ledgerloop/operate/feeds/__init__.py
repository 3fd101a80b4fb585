"""Orders as files for accounts that import by CSV, in the columns of HotWax's import maps."""
