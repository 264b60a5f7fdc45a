def cuadros(fuertes, debiles):
    return 2 * (3 * fuertes + debiles)


def miel(fuertes, debiles):
    return max(cuadros(fuertes, debiles) * 1400 - 250, 0)


def frascos(fuertes, debiles, capacidad=450):
    gramos = miel(fuertes, debiles)
    llenos = 0
    while gramos >= capacidad:
        gramos = gramos - capacidad
        llenos = llenos + 1
    return llenos
