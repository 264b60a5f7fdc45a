def formas(metros, pasos=(1, 2, 5), conocidas={}):
    if metros < 0:
        return 0
    if metros == 0:
        return 1
    if metros not in conocidas:
        suma = 0
        for paso in pasos:
            suma += formas(metros - paso, pasos)
        conocidas[metros] = suma
    return conocidas[metros]
