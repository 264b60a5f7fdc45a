def surcos(ancho):
    print(ancho * 3 - 1)


def semillas(largo, ancho):
    print(surcos(ancho) * largo * 7)


def bolsas(largo, ancho):
    print((semillas(largo, ancho) + 49) // 50)
