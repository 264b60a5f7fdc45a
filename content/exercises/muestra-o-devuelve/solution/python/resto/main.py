def surcos(ancho):
    return ancho * 3 - 1


def semillas(largo, ancho):
    return 7 * largo * surcos(ancho)


def bolsas(largo, ancho):
    total = semillas(largo, ancho)
    completas = total // 50
    if total % 50 > 0:
        completas = completas + 1
    return completas
