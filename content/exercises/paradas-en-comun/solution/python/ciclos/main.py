def en_comun(linea_a, linea_b):
    comunes = set()
    for parada in linea_a:
        if parada in linea_b:
            comunes.add(parada)
    return comunes


def solo_en_una(linea_a, linea_b):
    solas = set()
    for parada in linea_a.union(linea_b):
        if (parada in linea_a) != (parada in linea_b):
            solas.add(parada)
    return solas


def alcanzables(parada, linea_a, linea_b):
    resultado = set()
    lineas = [linea_a, linea_b]
    for propia in lineas:
        for destino in lineas:
            se_tocan = propia & destino
            if parada in propia and se_tocan:
                resultado.update(destino)
    resultado.discard(parada)
    return resultado
