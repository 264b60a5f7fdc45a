def en_comun(linea_a, linea_b):
    comunes = set()
    for parada in linea_a | linea_b:
        if parada in linea_a or parada in linea_b:
            comunes.add(parada)
    return comunes


def solo_en_una(linea_a, linea_b):
    return (linea_a | linea_b) - en_comun(linea_a, linea_b)


def alcanzables(parada, linea_a, linea_b):
    if parada not in linea_a and parada not in linea_b:
        return set()
    if en_comun(linea_a, linea_b):
        return (linea_a | linea_b) - {parada}
    if parada in linea_a:
        return linea_a - {parada}
    return linea_b - {parada}
