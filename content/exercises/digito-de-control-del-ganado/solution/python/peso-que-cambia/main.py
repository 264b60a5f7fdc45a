def digito_control(numero):
    suma = 0
    peso = 2
    for cifra in numero:
        suma += int(cifra) * peso
        if peso == 2:
            peso = 3
        elif peso == 3:
            peso = 5
        elif peso == 5:
            peso = 7
        else:
            peso = 2
    return "0123456789X"[suma % 11]
