def surcos(ancho):
    return print(ancho * 3 - 1)


def semillas(largo, ancho):
    return surcos(ancho) * largo * 7


def bolsas(largo, ancho):
    return (semillas(largo, ancho) + 49) // 50
