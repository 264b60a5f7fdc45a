def area_a_pintar(ancho, alto, puertas=1, ventanas=0):
    puertas = 1
    ventanas = 0
    area = ancho * alto - 2 * puertas - ventanas
    if area < 0:
        return 0
    return area
