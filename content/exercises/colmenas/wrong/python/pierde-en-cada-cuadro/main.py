def cuadros(fuertes, debiles):
    return fuertes * 6 + debiles * 2


def miel(fuertes, debiles):
    return cuadros(fuertes, debiles) * (1400 - 250)


def frascos(fuertes, debiles, capacidad=450):
    return miel(fuertes, debiles) // capacidad
