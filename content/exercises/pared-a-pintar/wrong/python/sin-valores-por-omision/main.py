def area_a_pintar(ancho, alto, puertas, ventanas):
    area = ancho * alto - 2 * puertas - ventanas
    if area < 0:
        return 0
    return area
