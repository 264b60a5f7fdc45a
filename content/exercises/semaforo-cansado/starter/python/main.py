def color(segundo):
    pass
