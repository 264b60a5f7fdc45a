def segundo_mejor(saltos):
    ordenados = saltos.sort()
    return ordenados[-2]
