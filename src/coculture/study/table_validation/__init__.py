"""What must hold in the tables and between them.

Each check yields the problems that it finds. `coculture.study.load` calls them all and reports
every problem at once. Table cells that could not be read are skipped: they are already reported.
"""
