def digito_control(numero):
    suma = 0
    for cifra in numero:
        suma = suma + int(cifra)
    resto = suma % 11
    if resto == 10:
        return "X"
    return str(resto)
