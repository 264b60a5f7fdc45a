def cuadros(fuertes, debiles):
    return fuertes * 6 + debiles * 2


def miel(fuertes, debiles):
    total = cuadros(debiles, fuertes)
    if total == 0:
        return 0
    return total * 1400 - 250


def frascos(fuertes, debiles, capacidad=450):
    return miel(fuertes, debiles) // capacidad
