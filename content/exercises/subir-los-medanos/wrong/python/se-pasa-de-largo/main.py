def contar(metros, pasos, conocidas):
    if metros not in conocidas:
        suma = 0
        for paso in pasos:
            suma += contar(metros - paso, pasos, conocidas)
        conocidas[metros] = suma
    return conocidas[metros]


def formas(metros, pasos=(1, 2, 5)):
    return contar(metros, pasos, {0: 1})
