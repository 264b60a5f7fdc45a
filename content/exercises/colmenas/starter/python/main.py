def cuadros(fuertes, debiles):
    pass


def miel(fuertes, debiles):
    pass


def frascos(fuertes, debiles, capacidad=450):
    pass
