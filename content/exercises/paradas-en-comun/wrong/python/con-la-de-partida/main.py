def en_comun(linea_a, linea_b):
    return linea_a & linea_b


def solo_en_una(linea_a, linea_b):
    return linea_a ^ linea_b


def alcanzables(parada, linea_a, linea_b):
    if parada not in linea_a and parada not in linea_b:
        return set()
    if linea_a & linea_b:
        return linea_a | linea_b
    if parada in linea_a:
        return linea_a
    return linea_b
