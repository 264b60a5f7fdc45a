def comprimir(lecturas):
    pass


def expandir(tramos):
    pass
