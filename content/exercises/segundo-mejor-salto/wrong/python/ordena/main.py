def segundo_mejor(saltos):
    ordenados = sorted(saltos)
    return ordenados[-2]
