def periodo(dia, mes):
    pass
