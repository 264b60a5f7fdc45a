def digito_control(numero):
    pesos = [2, 3, 5, 7]
    suma = 0
    for i in range(len(numero)):
        suma = suma + int(numero[i]) * pesos[i % 4]
        resto = suma % 11
        if resto == 10:
            return "X"
        return str(resto)
