def digito_control(numero):
    pass
