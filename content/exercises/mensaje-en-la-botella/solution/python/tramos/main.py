def descifrar(mensaje):
    signos = list(mensaje)
    comienzo = 0
    for i in range(len(signos) + 1):
        if i == len(signos) or not signos[i].isalpha():
            signos[comienzo:i] = signos[comienzo:i][::-1]
            comienzo = i + 1
    return "".join(signos)
